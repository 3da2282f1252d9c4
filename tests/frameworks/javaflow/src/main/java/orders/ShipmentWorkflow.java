package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;

/**
 * A shipment: a child for each parcel, whose weight it signals to it. The weights are words such as `100`; a parcel of
 * the weight `-` is never weighed. A child that fails leaves its message instead of a label.
 */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 120)
public interface ShipmentWorkflow {
    @Execute(name = "Shipment", version = "1.0")
    Promise<String> ship(String weights);
}
