package orders;

import com.amazonaws.services.simpleworkflow.flow.DataConverter;
import com.amazonaws.services.simpleworkflow.flow.StartWorkflowOptions;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClientBase;
import com.amazonaws.services.simpleworkflow.flow.WorkflowClientFactoryBase;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.generic.GenericWorkflowClient;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowExecution;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowType;

/** Starts and signals a parcel as a child: what the framework's generator makes of `ParcelWorkflow`. */
public class ParcelWorkflowClient extends WorkflowClientBase {
    private static final WorkflowType TYPE = WorkflowType.builder().name("Parcel").version("1.0").build();

    private ParcelWorkflowClient(
            WorkflowExecution execution,
            StartWorkflowOptions options,
            DataConverter converter,
            GenericWorkflowClient client) {
        super(execution, TYPE, options, converter, client);
    }

    public Promise<String> deliver(int number) {
        return startWorkflowExecution(new Object[] {number}, null, String.class);
    }

    public void weigh(int grams, Promise<?> after) {
        signalWorkflowExecution("weigh", new Object[] {grams}, after);
    }

    /** Makes clients; the framework names the children unless it is told a workflow id. */
    public static class Factory extends WorkflowClientFactoryBase<ParcelWorkflowClient> {
        @Override
        protected ParcelWorkflowClient createClientInstance(
                WorkflowExecution execution,
                StartWorkflowOptions options,
                DataConverter converter,
                GenericWorkflowClient client) {
            return new ParcelWorkflowClient(execution, options, converter, client);
        }
    }
}
